output "bucket" {
  description = "For S3_BUCKET."
  value       = aws_s3_bucket.logs.bucket
}

output "collector_role_arn" {
  description = "The role that the collector runs as."
  value       = aws_iam_role.collector.arn
}

output "reader_role_arn" {
  description = "The role for the feed's field AWS IAM Role ARN; null without reader_subject_id."
  value       = one(aws_iam_role.reader[*].arn)
}
