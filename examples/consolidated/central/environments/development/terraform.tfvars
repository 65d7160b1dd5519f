vpc_id            = "vpc-416ae359f8b7eda51"
public_subnet_ids = ["subnet-f97c781cd00b3bbb5", "subnet-c916e5c60292eb52b"]
route53_zone_id   = "Z03147281DEVELOPMENT0"
