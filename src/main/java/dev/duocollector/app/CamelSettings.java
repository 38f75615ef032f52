// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.settings.Accounts;
import dev.duocollector.settings.EnvironmentPropertiesSource;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.SettingSources;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.settings.SettingsFile;
import dev.duocollector.text.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.vault.AwsVaultConfiguration;

/**
 * The settings as a Camel context gets them: the jar's, then the sources', and before all others the overrides.
 *
 * @param overrides settings that come before those of the sources
 */
public record CamelSettings(SettingSources sources, Map<String, String> overrides) {

    private static final Log LOG = Log.of(CamelSettings.class);

    /** Not an option of Camel 4.14's, which a container may have. */
    private static final String SENSITIVE_KEYWORDS = "camel.main.additionalSensitiveKeywords";

    /** Camel's number for "do not look names up" in the environment, or among the system properties. */
    private static final int NEVER = 0;

    private static final Duration VAULT_WAIT_MAX = Duration.ofMinutes(1);

    /** Returns those of the program in this environment. */
    public static CamelSettings of(Map<String, String> environment) {
        return new CamelSettings(SettingSources.of(environment), Map.of());
    }

    static Properties ofJar() {
        Properties settings = SettingsFile.ofJar();
        boolean known = Arrays.stream(MainConfigurationProperties.class.getMethods())
                .anyMatch(method -> method.getName().equals("setAdditionalSensitiveKeywords"));
        if (!known) {
            settings.remove(SENSITIVE_KEYWORDS);
        }
        return settings;
    }

    /** Has the settings read into a context that is being made. */
    void readInto(PropertiesComponent properties) {
        properties.setEnvironmentVariableMode(NEVER);
        if (sources.areAContainers()) {
            properties.setSystemPropertiesMode(NEVER);
        }
        properties.addPropertiesSource(new EnvironmentPropertiesSource(sources.environment()));
        properties.addPropertiesSource(sources);
    }

    /**
     * Gives a tool the program's settings, without any route.
     *
     * @param tool gets a context that has the settings as its properties
     */
    public <T> T with(Function<CamelContext, T> tool) {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            PropertiesComponent properties = (PropertiesComponent) context.getPropertiesComponent();
            properties.setInitialProperties(ofJar());
            Properties first = new Properties();
            first.putAll(overrides);
            properties.setOverrideProperties(first);
            readInto(properties);
            context.init();
            readVault(context, properties);
            return tool.apply(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the settings as the program has them, wrong ones too; see {@link Settings#examine}. */
    public Settings examine() {
        return with(Settings::examine);
    }

    /** Lets a placeholder name a secret in AWS Secrets Manager, as in Camel Main, by the same options. */
    private static void readVault(CamelContext context, PropertiesComponent properties) {
        Function<String, Optional<String>> options = name -> properties.resolveProperty("camel.vault.aws." + name);
        AwsVaultConfiguration aws = new AwsVaultConfiguration();
        options.apply("region").ifPresent(aws::setRegion);
        options.apply("defaultCredentialsProvider")
                .ifPresent(value -> aws.setDefaultCredentialsProvider(Boolean.parseBoolean(value)));
        options.apply("profileCredentialsProvider")
                .ifPresent(value -> aws.setProfileCredentialsProvider(Boolean.parseBoolean(value)));
        options.apply("profileName").ifPresent(aws::setProfileName);
        options.apply("overrideEndpoint").ifPresent(value -> aws.setOverrideEndpoint(Boolean.parseBoolean(value)));
        options.apply("uriEndpointOverride").ifPresent(aws::setUriEndpointOverride);
        context.getVaultConfiguration().setAwsVaultConfiguration(aws);
    }

    /** Waits, as for S3, while a vault that a setting names cannot be reached. */
    void awaitVault() {
        Duration wait = Duration.ofSeconds(1);
        while (sources.nameAVault()) {
            Settings settings = examine();
            if (!settings.mayPass()) {
                return;
            }
            for (String problem : settings.problems()) {
                LOG.warn("{} Trying again in {} s.", problem, wait.toSeconds());
            }
            LockSupport.parkNanos(wait.toNanos());
            wait = wait.compareTo(VAULT_WAIT_MAX) < 0 ? wait.multipliedBy(2) : wait;
        }
    }

    /** Before the bean that reads the accounts refuses it: Camel would make that bean a second time, and report that. */
    void refuseWrongSelection(Optional<Selection> selection) {
        if (selection.filter(chosen -> !chosen.equals(Selection.ALL)).isPresent()) {
            Settings all = examine();
            if (all.problems().isEmpty()) {
                new Accounts(all, selection.get()).look();
            }
        }
    }

    /** Before Camel meets a wrong file and reports it in its own words; together with all that is wrong elsewhere. */
    void refuseWrongFiles() {
        sources.warnings().forEach(LOG::warn);
        List<String> wrong = sources.routes().problems();
        if (!wrong.isEmpty()) {
            List<String> all = new ArrayList<>(wrong);
            all.addAll(examine().problems());
            throw new SettingsException(all);
        }
    }
}
