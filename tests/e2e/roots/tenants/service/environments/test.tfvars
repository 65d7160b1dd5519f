environment = "test"
replicas    = 1
zone_name   = "test.example.com"
