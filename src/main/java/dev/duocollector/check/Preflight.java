// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.app.CamelSettings;
import dev.duocollector.run.DuoProbe;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.Accounts;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.Setting;
import dev.duocollector.settings.SettingSources;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.settings.SettingsFile;
import dev.duocollector.sink.S3Clients;
import dev.duocollector.text.Count;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Finds out whether a run would succeed: settings, the program's start, Duo, S3, in this order. A failed check only skips
 * the checks that depend on it.
 */
public final class Preflight {

    private static final String SETTINGS = "settings";
    private static final String STATE_KEY = "state-key";
    private static final String ROUTES = "routes";
    private static final String FILES = "files";
    private static final String ACCOUNTS = "accounts";
    private static final String SHARD = "shard";

    /** What a request to Duo depends on. */
    private static final Set<String> DUO_NEEDS = Set.of(
            "duo.api.host",
            "duo.ikey",
            "duo.skey",
            "duo.skey-file",
            "duo.base-url",
            "duo.proxy",
            "duo.signature",
            "duo.connect-timeout",
            "duo.response-timeout");

    /** What the checks of S3 depend on; the API host names the state and is its owner. */
    private static final Predicate<String> S3_NEEDS =
            Set.of("duo.api.host", "state.key", "state.inside-prefix", "udm.prefix")::contains;

    /** Longer than Duo takes, and short for an operator at a terminal. */
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(10);

    private final Map<String, String> environment;
    private final Map<String, String> overrides;
    private final Selection selection;
    private final Consumer<Check> tell;

    /**
     * @param overrides settings that come before those of the environment and the files
     * @param selection what to check
     * @param tell is given each check as soon as it is made
     */
    public Preflight(
            Map<String, String> environment, Map<String, String> overrides, Selection selection, Consumer<Check> tell) {
        this.environment = environment;
        this.overrides = overrides;
        this.selection = selection;
        this.tell = tell;
    }

    public void run() {
        SettingSources sources = SettingSources.of(environment);
        Settings settings = new CamelSettings(sources, overrides).examine();
        List<String> wrong =
                settings.problems().stream().map(SettingsException::settingOf).toList();
        tellSettings(settings, wrong);
        tellFiles(sources);
        Accounts accounts = new Accounts(settings, selection);
        Accounts.Found found;
        try {
            found = accounts.look();
        } catch (SettingsException e) {
            e.problems().forEach(line -> tell.accept(Check.fail(ACCOUNTS, line, "")));
            return;
        }
        boolean hasParents = !accounts.parents().isEmpty();
        if (!hasParents) {
            tellAccounts(settings, found);
        }
        Map<String, String> fillers = new HashMap<>();
        String noS3 = first(wrong, name -> name.startsWith("s3.") || S3_NEEDS.test(name));
        S3Client s3 = null;
        String noRegion = "";
        if (noS3.isEmpty()) {
            try {
                s3 = S3Clients.create(settings);
            } catch (SettingsException e) {
                noRegion = String.join(" ", e.problems());
                noS3 = "s3.region";
            }
        }
        if (!wrong.isEmpty() || s3 == null) {
            fillers.putAll(fillers(wrong));
        }
        boolean isListed = duo(settings, accounts, wrong, fillers);
        if (hasParents && isListed) {
            found = accounts.look();
            tellAccounts(settings, found);
        } else if (hasParents) {
            found.problems().forEach(line -> tell.accept(Check.fail(ACCOUNTS, line, "")));
            found = accounts.look();
        }
        if (s3 == null) {
            skipS3(found.ofEachStream(), noS3, noRegion);
            return;
        }
        try (S3Client client = s3) {
            Set<String> buckets = new HashSet<>();
            for (Settings each : found.ofEachStream()) {
                boolean isFirst = buckets.add(each.account().bucket());
                Consumer<Check> told = check -> {
                    if (isFirst || check.outcome().isFailure() || !S3Checks.CONNECTION.contains(check.name())) {
                        tell.accept(named(each, check));
                    }
                };
                new S3Checks(client, each, Clock.systemUTC(), told).run();
            }
        }
    }

    private void tellAccounts(Settings settings, Accounts.Found found) {
        found.problems().forEach(line -> tell.accept(Check.fail(ACCOUNTS, line, "")));
        int streams = found.ofEachStream().size();
        settings.account()
                .shard()
                .ifPresent(shard -> tell.accept(Check.pass(
                        SHARD,
                        shard + ", to which "
                                + found.ofEachStream().stream()
                                        .filter(each -> shard.has(each.owner()))
                                        .count()
                                + " of " + streams + " logs are dealt (status shows which); this looks at all")));
        if (!settings.hasAccounts()) {
            return;
        }
        if (streams == 0) {
            tell.accept(Check.fail(
                    ACCOUNTS,
                    "none is to be collected, neither by application.properties nor by a file in "
                            + settings.accountsFolder(),
                    ""));
        } else if (found.problems().isEmpty()) {
            tell.accept(Check.pass(
                    ACCOUNTS,
                    Count.of(found.accounts().size(), "account") + " with " + Count.of(streams, "log")
                            + ", by the files in " + settings.accountsFolder()));
        }
    }

    /** Gives a check its log's name, where there are several. */
    private static Check named(Settings each, Check check) {
        return each.label().isEmpty() ? check : check.named(check.name() + "-" + each.label());
    }

    private void skipS3(List<Settings> streams, String wrong, String noRegion) {
        for (Settings each : streams) {
            for (Check check : S3Checks.skipped(each, "setting " + wrong + " is wrong")) {
                tell.accept(named(
                        each,
                        check.name().equals("s3-region") && !noRegion.isEmpty()
                                ? Check.fail(check.name(), noRegion, "")
                                : check));
            }
        }
    }

    private void tellSettings(Settings settings, List<String> wrong) {
        List<String> problems = settings.problems();
        for (String line : problems) {
            String name = SettingsException.settingOf(line).equals("state.key") ? STATE_KEY : SETTINGS;
            tell.accept(settings.mayPass() ? Check.again(name, line) : Check.fail(name, line, ""));
        }
        if (problems.isEmpty()) {
            tell.accept(Check.pass(SETTINGS, "all " + SettingTable.active().size() + " have values that are allowed"));
        }
        if (!wrong.contains("state.key") && settings.hasAccount()) {
            String needed = first(wrong, Set.of("s3.prefix", "duo.api.host")::contains);
            tell.accept(
                    needed.isEmpty()
                            ? Check.pass(STATE_KEY, stateKey(settings))
                            : Check.skipped(STATE_KEY, "setting " + needed + " is wrong"));
        }
    }

    /** The operator's files in force, so that the operator notices one that is not. */
    private void tellFiles(SettingSources sources) {
        List<String> warnings = sources.warnings();
        String files = sources.inForce()
                .orElse("no file of yours: all settings and routes are the jar's and the environment's");
        tell.accept(Check.pass(FILES, String.join(" ", warnings) + (warnings.isEmpty() ? "" : " ") + files));
    }

    private static String stateKey(Settings settings) {
        return settings.log().prefix().contains(settings.log().stateKey())
                ? settings.log().stateKey() + " is inside s3.prefix, which state.inside-prefix allows"
                : settings.log().stateKey() + " is outside s3.prefix";
    }

    /** Asks Duo, gives the accounts what it lists below parents, and returns whether it did. */
    private boolean duo(Settings settings, Accounts accounts, List<String> wrong, Map<String, String> fillers) {
        Optional<String> unknown =
                wrong.stream().filter(name -> SettingTable.find(name).isEmpty()).findFirst();
        if (unknown.isPresent()) {
            String because = "the program does not start with "
                    + (unknown.get().isEmpty() ? "that settings' file" : "the setting " + unknown.get());
            tell.accept(Check.skipped(ROUTES, because));
            DuoChecks.skipped(because).forEach(tell);
            return false;
        }
        String needed = first(wrong, DUO_NEEDS::contains);
        if (!needed.isEmpty()) {
            tell.accept(Check.skipped(ROUTES, "setting " + needed + " is wrong"));
            DuoChecks.skipped("setting " + needed + " is wrong").forEach(tell);
            return false;
        }
        Map<String, String> first = new HashMap<>(overrides);
        first.putAll(fillers);
        bound(first, "duo.connect-timeout", settings.account().get(SettingTable.CONNECT_TIMEOUT));
        bound(first, "duo.response-timeout", settings.account().get(SettingTable.RESPONSE_TIMEOUT));
        CamelApplication application =
                CamelApplication.withoutSchedule(environment, first).of(selection);
        try {
            application.start();
        } catch (Exception e) {
            application.explain(e).forEach(line -> tell.accept(Check.fail(ROUTES, line, "")));
            DuoChecks.skipped(ROUTES + " failed").forEach(tell);
            application.stop();
            return false;
        }
        try {
            tell.accept(Check.pass(ROUTES, "the program starts with its routes"));
            Streams streams = Streams.of(application.context());
            List<String> before = streams.problems();
            try {
                streams.withChildren(application.context(), false).forEach(accounts::take);
            } catch (SettingsException e) {
                // Only now is it known that the account that is asked about is not there.
                e.problems().forEach(line -> tell.accept(Check.fail(ACCOUNTS, line, "")));
                return false;
            }
            for (Stream stream : streams.all()) {
                DuoProbe.Answer answer = DuoProbe.ask(stream, application.context());
                DuoChecks.of(
                                answer,
                                stream.settings().account().baseUrl(),
                                settings.account().get(SettingTable.DUO_PROXY),
                                stream.settings().log().duoLog())
                        .stream()
                        // The way to Duo is that of the account's first log, unless it fails now.
                        .filter(check -> stream.settings().isFirst()
                                || check.outcome().isFailure()
                                || check.name().equals(DuoChecks.READ_LOG))
                        .map(check -> settings.hasAccounts() || check.name().equals(DuoChecks.READ_LOG)
                                ? named(stream.settings(), check)
                                : check)
                        .forEach(tell);
            }
            List<String> listing = streams.problems().stream()
                    .filter(line -> !before.contains(line))
                    .toList();
            boolean mayPass = streams.mayPass();
            listing.forEach(
                    line -> tell.accept(mayPass ? Check.again(ACCOUNTS, line) : Check.fail(ACCOUNTS, line, "")));
            return listing.isEmpty();
        } finally {
            application.stop();
        }
    }

    private static void bound(Map<String, String> settings, String name, Duration value) {
        if (value.compareTo(TIMEOUT_MAX) > 0) {
            settings.put(name, TIMEOUT_MAX.toString());
        }
    }

    /** Returns values for all that a request to Duo does not need, so that the program starts. */
    private static Map<String, String> fillers(List<String> wrong) {
        Properties shipped = SettingsFile.ofJar();
        Map<String, String> fillers = new HashMap<>();
        for (Setting<?> setting : SettingTable.active()) {
            String name = setting.name();
            if (!name.startsWith("duo.") || wrong.contains(name)) {
                fillers.put(name, shipped.getProperty(name, ""));
            }
        }
        // Of one log alone.
        wrong.stream()
                .filter(name -> SettingTable.find(name).isPresent())
                .forEach(name -> fillers.putIfAbsent(name, ""));
        fillers.put("s3.bucket", "not-asked");
        fillers.put("s3.region", "us-east-1");
        return fillers;
    }

    private static String first(List<String> names, Predicate<String> matching) {
        return names.stream().filter(matching).findFirst().orElse("");
    }
}
