region = "eu-west-1"
stage  = "test"
flags  = { web = true, old = false }
pair   = ["b", 2]
