terraform {
  backend "gcs" {
    bucket = "central-state"
    prefix = "environments/default"
  }
}

resource "terraform_data" "marker" {
  input = "central"
}
