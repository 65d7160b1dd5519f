variable "name" {
  description = "Name of the VPC, and prefix of what is in it"
  type        = string
}

variable "cidr" {
  description = "Address range of the VPC"
  type        = string
}

variable "azs" {
  description = "Availability zones that the subnets are spread over"
  type        = list(string)
}

variable "private_subnets" {
  description = "One range per private subnet"
  type        = list(string)
}

variable "public_subnets" {
  description = "One range per public subnet"
  type        = list(string)
}

variable "single_nat_gateway" {
  description = "One NAT gateway for all private subnets, or one for each"
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of every resource"
  type        = map(string)
  default     = {}
}
