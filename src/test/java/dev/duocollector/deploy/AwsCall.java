// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import dev.duocollector.fault.ProxiedRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What IAM decides about: an action on a resource, with the condition keys that go with it. One request to S3 asks for one or
 * several of them.
 *
 * @param context condition keys with their values
 */
public record AwsCall(String action, String resource, Map<String, String> context) {

    /** What S3 tells KMS, in the form of its condition keys. */
    private static final String VIA_SERVICE = "s3.eu-central-1.amazonaws.com";

    /** ListObjectsV2, by its query. */
    private static final Pattern LIST = Pattern.compile("\\?list-type=2(?:&[^&]*)*?&prefix=([^&]*)");

    public AwsCall {
        context = Map.copyOf(context);
    }

    /**
     * Returns what a path-style request to S3 needs, by the actions' documentation: a GET and a HEAD need s3:GetObject
     * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html), a PUT s3:PutObject, one with If-Match
     * s3:GetObject as well (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). That something is
     * not there is told as 404 only to those who have s3:ListBucket, with the whole key as s3:prefix; others get 403. A list
     * needs it with the prefix that it asks for. A DELETE needs s3:DeleteObject.
     *
     * @param missing whether there is nothing under the key
     * @throws IllegalArgumentException for a request that the collector is not known to make
     */
    public static List<AwsCall> of(ProxiedRequest request, boolean missing) {
        String bucket = bucket(request);
        String key = key(request);
        Matcher list = LIST.matcher(request.target());
        if (request.method().equals("GET") && key.isEmpty() && list.find()) {
            String prefix = URLDecoder.decode(list.group(1), StandardCharsets.UTF_8);
            return List.of(new AwsCall("s3:ListBucket", "arn:aws:s3:::" + bucket, Map.of("s3:prefix", prefix)));
        }
        if (key.isEmpty() || request.target().contains("?")) {
            throw new IllegalArgumentException("No action is known for " + request);
        }
        String object = "arn:aws:s3:::" + bucket + "/" + key;
        List<AwsCall> calls = new ArrayList<>();
        switch (request.method()) {
            case "GET", "HEAD" -> {
                calls.add(new AwsCall("s3:GetObject", object, Map.of()));
                if (missing) {
                    calls.add(new AwsCall("s3:ListBucket", "arn:aws:s3:::" + bucket, Map.of("s3:prefix", key)));
                }
            }
            case "PUT" -> {
                calls.add(new AwsCall("s3:PutObject", object, Map.of()));
                if (request.header("if-match").isPresent()) {
                    calls.add(new AwsCall("s3:GetObject", object, Map.of()));
                }
            }
            case "DELETE" -> calls.add(new AwsCall("s3:DeleteObject", object, Map.of()));
            default -> throw new IllegalArgumentException("No action is known for " + request);
        }
        return calls;
    }

    /**
     * Returns what S3 asks KMS for in the caller's name, in a bucket that is encrypted with the given key
     * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html).
     *
     * @param bucketKey whether the bucket has a bucket key: then KMS is told the bucket, else the object
     */
    public static List<AwsCall> kmsOf(ProxiedRequest request, boolean missing, String kmsKeyArn, boolean bucketKey) {
        Map<String, String> context = Map.of(
                "kms:ViaService",
                VIA_SERVICE,
                "kms:EncryptionContext:aws:s3:arn",
                "arn:aws:s3:::" + bucket(request) + (bucketKey ? "" : "/" + key(request)));
        if (request.isWrite()) {
            return List.of(new AwsCall("kms:GenerateDataKey", kmsKeyArn, context));
        }
        return missing ? List.of() : List.of(new AwsCall("kms:Decrypt", kmsKeyArn, context));
    }

    /** The key that a path-style request is about; empty for the bucket itself. */
    public static String key(ProxiedRequest request) {
        String[] parts = request.path().substring(1).split("/", 2);
        return parts.length < 2 ? "" : URLDecoder.decode(parts[1].replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String bucket(ProxiedRequest request) {
        return request.path().substring(1).split("/", 2)[0];
    }
}
