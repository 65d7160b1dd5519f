vpc_id            = "vpc-89bda17b37655cdfb"
public_subnet_ids = ["subnet-d8c47a6ca5b6bcccd", "subnet-541874a869096afff"]
route53_zone_id   = "Z08979323PRODUCTION00"
