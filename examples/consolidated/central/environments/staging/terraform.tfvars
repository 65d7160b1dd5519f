vpc_id            = "vpc-0031e07f8043882db"
public_subnet_ids = ["subnet-2396bc3105d4745d3", "subnet-456035e040f94ab95"]
route53_zone_id   = "Z05926535STAGING00000"
