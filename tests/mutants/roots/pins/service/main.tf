resource "aws_vpc" "own" {
  cidr_block = "10.3.0.0/16"
}

resource "aws_subnet" "own" {
  count      = 2
  vpc_id     = aws_vpc.own.id
  cidr_block = cidrsubnet("10.3.0.0/16", 8, count.index)
}

resource "aws_security_group" "edge" {
  name   = "edge"
  vpc_id = aws_vpc.own.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "main" {
  name            = "main"
  subnets         = aws_subnet.own[*].id
  security_groups = [aws_security_group.edge.id]
}

resource "aws_lb_target_group" "main" {
  name   = "main"
  vpc_id = aws_vpc.own.id
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}
