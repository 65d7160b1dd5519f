environment = "live"
replicas    = 3
zone_name   = "live.example.com"
