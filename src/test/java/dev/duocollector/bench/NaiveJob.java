// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** One pass of {@code bench/naive.camel.yaml}. */
final class NaiveJob implements Job {

    private final DefaultCamelContext context = new DefaultCamelContext();

    NaiveJob(Map<String, String> overrides) {
        Properties properties = new Properties();
        properties.putAll(overrides);
        context.getPropertiesComponent().setLocation("classpath:application.properties");
        context.getPropertiesComponent().setOverrideProperties(properties);
        try {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(context, "classpath:bench/naive.camel.yaml"));
        } catch (Exception e) { // what Camel declares
            throw new IllegalStateException("The naive routes do not load", e);
        }
        context.start();
    }

    @Override
    public void run() throws CamelExecutionException, IOException {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            template.sendBody("direct:naive", "");
        }
    }

    @Override
    public void close() {
        try {
            context.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
