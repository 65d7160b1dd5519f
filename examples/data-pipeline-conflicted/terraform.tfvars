# Local values. Somebody committed them.
environment = "development"
database_password = "planted-tfvars-password"
api_secret_key = "planted-api-secret-key"
certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/5b1e0a44-8d7c-4f39-a0f6-61c2d93e7b18"
