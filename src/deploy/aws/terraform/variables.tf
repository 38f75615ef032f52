variable "bucket" {
  description = "The bucket's name (s3.bucket)."
  type        = string
}

variable "name" {
  description = "What the roles' names begin with."
  type        = string
  default     = "duo-telephony"
}

variable "prefix" {
  description = "The folder of the objects (s3.prefix), without a slash at its end."
  type        = string
  default     = "duo-telephony"
}

variable "udm_prefix" {
  description = "The folder of the UDM objects (udm.prefix); empty for none."
  type        = string
  default     = ""
}

variable "state_folder" {
  description = "The folder of the state (state.key without its last part); it must be outside the prefix."
  type        = string
  default     = "duo-telephony-state"
}

variable "further_logs" {
  description = "The logs in duo.logs beside telephony, with their default prefixes and states."
  type        = list(string)
  default     = []
  validation {
    condition     = alltrue([for log in var.further_logs : contains(["authentication", "activity"], log)])
    error_message = "Allowed: authentication, activity."
  }
}

variable "further_places" {
  description = "Other prefixes, such as those that accounts set for themselves, each by a name: its folders, without a slash at their ends."
  type        = map(object({ prefix = string, state_folder = string }))
  default     = {}
  validation {
    condition     = alltrue([for name in keys(var.further_places) : !contains(["authentication", "activity", "udm", "kms"], name)])
    error_message = "Another name: authentication, activity, udm and kms are taken."
  }
}

variable "further_udm_prefixes" {
  description = "Further folders of UDM objects, of other logs or of accounts with their own, without a slash at their ends."
  type        = list(string)
  default     = []
}

variable "api_host" {
  description = "The API hostname (duo.api.host), for copies of earlier states to expire; empty for them to stay."
  type        = string
  default     = ""
}

variable "old_state_days" {
  description = "How many days an overwritten state, and a deleted object, can still be brought back."
  type        = number
  default     = 30
}

variable "kms_key_arn" {
  description = "A KMS key of yours to encrypt with (SSE-KMS); empty for S3's own (SSE-S3)."
  type        = string
  default     = ""
}

variable "runs_on" {
  description = "Where the collector runs: ec2, ecs or kubernetes (IRSA)."
  type        = string
  default     = "ec2"
  validation {
    condition     = contains(["ec2", "ecs", "kubernetes"], var.runs_on)
    error_message = "Allowed: ec2, ecs, kubernetes."
  }
}

variable "oidc_provider" {
  description = "With kubernetes: the cluster's OIDC issuer, without https://."
  type        = string
  default     = ""
}

variable "namespace" {
  description = "With kubernetes: the namespace."
  type        = string
  default     = "duo-telephony"
}

variable "reader_subject_id" {
  description = "The subject ID of the Google service account that reads the bucket for a SecOps feed; empty for no role."
  type        = string
  default     = ""
}

variable "reader_deletes" {
  description = "Whether that feed deletes what it has read; better not, see AWS.md."
  type        = bool
  default     = false
}
