// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Clients;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;

/** A client of an operator's own, which has none of the collector's interceptors. */
public final class UnfencedS3 {

    private UnfencedS3() {}

    /** Returns one in the place of the client that the settings ask for; routes make it. */
    public static S3Client of(Settings settings) {
        S3Client client = S3Clients.create(settings);
        return (S3Client) Proxy.newProxyInstance(
                UnfencedS3.class.getClassLoader(), new Class<?>[] {S3Client.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("serviceClientConfiguration")) {
                        return S3ServiceClientConfiguration.builder()
                                .overrideConfiguration(override -> {})
                                .build();
                    }
                    try {
                        return method.invoke(client, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
