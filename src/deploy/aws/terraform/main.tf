# A bucket for Duo's logs, a role for the collector and, if wanted, one for the feed that reads the bucket. The
# policies are the files in ../policies; nothing here repeats them.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  policies = "${path.module}/../policies"
  values = {
    PARTITION     = data.aws_partition.current.partition
    ACCOUNT_ID    = data.aws_caller_identity.current.account_id
    BUCKET        = var.bucket
    PREFIX        = var.prefix
    UDM_PREFIX    = var.udm_prefix
    STATE_FOLDER  = var.state_folder
    KMS_KEY_ARN   = var.kms_key_arn
    OIDC_PROVIDER = var.oidc_provider
    NAMESPACE     = var.namespace
    SUBJECT_ID    = var.reader_subject_id
  }

  # Each further log, by its default names, and each account with a prefix of its own.
  further = merge(
    { for log in var.further_logs : log => { prefix = "duo-${log}", state_folder = "duo-${log}-state" } },
    var.further_places
  )
}

resource "aws_s3_bucket" "logs" {
  bucket = var.bucket
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == "" ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn == "" ? null : var.kms_key_arn
    }
    bucket_key_enabled = var.kms_key_arn != ""
  }
}

# An earlier state can be put back.
resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket     = aws_s3_bucket.logs.id
  policy     = templatefile("${local.policies}/bucket.json", local.values)
  depends_on = [aws_s3_bucket_public_access_block.logs]
}

# Only versions that are not current any more expire: a rule that lets the state itself expire would delete the state of a
# collector that is stopped.
resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket     = aws_s3_bucket.logs.id
  depends_on = [aws_s3_bucket_versioning.logs]

  rule {
    id     = "old-states"
    status = "Enabled"
    filter {
      prefix = "${var.state_folder}/"
    }
    noncurrent_version_expiration {
      noncurrent_days = var.old_state_days
    }
  }

  dynamic "rule" {
    for_each = { for name, place in local.further : name => place if place.state_folder != var.state_folder }
    content {
      id     = "old-states-${rule.key}"
      status = "Enabled"
      filter {
        prefix = "${rule.value.state_folder}/"
      }
      noncurrent_version_expiration {
        noncurrent_days = var.old_state_days
      }
    }
  }

  dynamic "rule" {
    for_each = local.further
    content {
      id     = "deleted-objects-${rule.key}"
      status = "Enabled"
      filter {
        prefix = "${rule.value.prefix}/"
      }
      expiration {
        expired_object_delete_marker = true
      }
      noncurrent_version_expiration {
        noncurrent_days = var.old_state_days
      }
    }
  }

  # The copies that commands put beside the state: their names continue with "_" and a year. The state's own continues with
  # ".json", and a back-fill's and the list of children with "_" and a letter: those are current.
  dynamic "rule" {
    for_each = var.api_host == "" ? [] : [var.api_host]
    content {
      id     = "old-copies"
      status = "Enabled"
      filter {
        prefix = "${var.state_folder}/${rule.value}_2"
      }
      expiration {
        days = var.old_state_days
      }
    }
  }

  rule {
    id     = "deleted-objects"
    status = "Enabled"
    filter {
      prefix = "${var.prefix}/"
    }
    expiration {
      expired_object_delete_marker = true
    }
    noncurrent_version_expiration {
      noncurrent_days = var.old_state_days
    }
  }
}

resource "aws_iam_role" "collector" {
  name               = "${var.name}-collector"
  assume_role_policy = templatefile("${local.policies}/trust-${var.runs_on}.json", local.values)
}

resource "aws_iam_role_policy" "collector" {
  name   = "collector"
  role   = aws_iam_role.collector.id
  policy = templatefile("${local.policies}/collector.json", local.values)
}

resource "aws_iam_role_policy" "collector_log" {
  for_each = local.further
  name     = "collector-${each.key}"
  role     = aws_iam_role.collector.id
  policy = templatefile("${local.policies}/collector.json", merge(local.values, {
    PREFIX       = each.value.prefix
    STATE_FOLDER = each.value.state_folder
  }))
}

resource "aws_iam_role_policy" "collector_udm" {
  count  = var.udm_prefix == "" ? 0 : 1
  name   = "collector-udm"
  role   = aws_iam_role.collector.id
  policy = templatefile("${local.policies}/collector-udm.json", local.values)
}

resource "aws_iam_role_policy" "collector_further_udm" {
  for_each = toset(var.further_udm_prefixes)
  name     = "collector-udm-${replace(each.key, "/", "-")}"
  role     = aws_iam_role.collector.id
  policy   = templatefile("${local.policies}/collector-udm.json", merge(local.values, { UDM_PREFIX = each.key }))
}

resource "aws_iam_role_policy" "collector_kms" {
  count  = var.kms_key_arn == "" ? 0 : 1
  name   = "collector-kms"
  role   = aws_iam_role.collector.id
  policy = templatefile("${local.policies}/collector-kms.json", local.values)
}

resource "aws_iam_instance_profile" "collector" {
  count = var.runs_on == "ec2" ? 1 : 0
  name  = "${var.name}-collector"
  role  = aws_iam_role.collector.name
}

resource "aws_iam_role" "reader" {
  count              = var.reader_subject_id == "" ? 0 : 1
  name               = "${var.name}-reader"
  assume_role_policy = templatefile("${local.policies}/trust-secops.json", local.values)
}

resource "aws_iam_role_policy" "reader" {
  count  = var.reader_subject_id == "" ? 0 : 1
  name   = "reader"
  role   = aws_iam_role.reader[0].id
  policy = templatefile("${local.policies}/reader-${var.reader_deletes ? "delete" : "keep"}.json", local.values)
}

resource "aws_iam_role_policy" "reader_log" {
  for_each = { for name, place in local.further : name => place if var.reader_subject_id != "" }
  name     = "reader-${each.key}"
  role     = aws_iam_role.reader[0].id
  policy = templatefile(
    "${local.policies}/reader-${var.reader_deletes ? "delete" : "keep"}.json",
    merge(local.values, { PREFIX = each.value.prefix })
  )
}

resource "aws_iam_role_policy" "reader_kms" {
  count  = var.reader_subject_id == "" || var.kms_key_arn == "" ? 0 : 1
  name   = "reader-kms"
  role   = aws_iam_role.reader[0].id
  policy = templatefile("${local.policies}/reader-kms.json", local.values)
}
