// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Clients;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** A store that ignores conditions on PUT: it really writes where another would refuse. */
public final class ForgetfulS3 implements S3Client {

    private final S3Client store;
    private final boolean keepsIfNoneMatch;
    private final boolean keepsIfMatch;

    public ForgetfulS3(S3Client store, boolean keepsIfNoneMatch, boolean keepsIfMatch) {
        this.store = store;
        this.keepsIfNoneMatch = keepsIfNoneMatch;
        this.keepsIfMatch = keepsIfMatch;
    }

    /** Returns one that ignores both conditions, in the place of the client that the settings ask for; routes make it. */
    public static S3Client of(Settings settings) {
        return new ForgetfulS3(S3Clients.create(settings), false, false);
    }

    @Override
    public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
        PutObjectRequest.Builder put = request.toBuilder();
        if (!keepsIfNoneMatch) {
            put.ifNoneMatch(null);
        }
        if (!keepsIfMatch) {
            put.ifMatch(null);
        }
        return store.putObject(put.build(), body);
    }

    @Override
    public ListObjectsV2Response listObjectsV2(ListObjectsV2Request request) {
        return store.listObjectsV2(request);
    }

    @Override
    public ResponseInputStream<GetObjectResponse> getObject(GetObjectRequest request) {
        return store.getObject(request);
    }

    @Override
    public ResponseBytes<GetObjectResponse> getObjectAsBytes(GetObjectRequest request) {
        return store.getObjectAsBytes(request);
    }

    @Override
    public DeleteObjectResponse deleteObject(DeleteObjectRequest request) {
        return store.deleteObject(request);
    }

    @Override
    public HeadBucketResponse headBucket(HeadBucketRequest request) {
        return store.headBucket(request);
    }

    @Override
    public HeadObjectResponse headObject(HeadObjectRequest request) {
        return store.headObject(request);
    }

    @Override
    public S3ServiceClientConfiguration serviceClientConfiguration() {
        return store.serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {
        // The store is the test's, or has one of its own only for as long as the test runs.
    }
}
