region   = "eu-west-2"
stage    = "live"
size     = 3
limits   = { low = 5, high = 50, note = "live" }
ranges   = ["10.1.0.0/24", "10.2.0.0/24"]
flags    = { web = true }
anything = { a = [2] }
