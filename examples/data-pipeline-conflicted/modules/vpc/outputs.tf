output "vpc_id" {
  description = "ID of the VPC"
  value       = aws_vpc.this.id
}

output "vpc_cidr_block" {
  description = "Address range of the VPC"
  value       = aws_vpc.this.cidr_block
}

output "public_subnets" {
  description = "IDs of the public subnets"
  value       = aws_subnet.public[*].id
}

output "private_subnets" {
  description = "IDs of the private subnets"
  value       = aws_subnet.private[*].id
}

output "nat_public_ips" {
  description = "Addresses that the private subnets are seen with"
  value       = aws_eip.nat[*].public_ip
}
