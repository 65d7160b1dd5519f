environment     = "live"
certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/0b1c2d3e-0000-0000-0000-000000000000"
extra_ports     = [443, 8443]
zones           = { shop = "shop.example.com", blog = "blog.example.com" }
