// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.SimulatedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An account of a world that a folder of accounts may have a file of. It has events in two logs. */
final class FolderAccount {

    private static final int EVENTS = 6;

    private final World world;
    private final String name;
    private final String apiHost;
    private final String ikey;
    private final MemoryEventStore telephony = new MemoryEventStore();
    private final MemoryEventStore authentication = new MemoryEventStore();

    /** Adds an account to a world, by a number of its own. */
    FolderAccount(World world, String name, int number) {
        this.world = world;
        this.name = name;
        apiHost = String.format("api-%08d.duosecurity.com", number);
        ikey = String.format("DI%018d", number);
        MadeUpEvents make = new MadeUpEvents(100 + number);
        Instant now = Instant.now();
        telephony.add(make.spread(EVENTS, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5))));
        authentication.add(List.of(make.authentication(now.minus(Duration.ofMinutes(20)))));
        world.duo.addAccount(
                ikey,
                secretKey(),
                apiHost,
                logs -> logs.events(SimulatedLog.TELEPHONY, telephony)
                        .events(SimulatedLog.AUTHENTICATION, authentication));
    }

    private String secretKey() {
        return World.SKEY + "-" + name;
    }

    /** Writes its file, with the secret key in it. */
    FolderAccount writeTo(Path folder) {
        return write(folder, "duo.skey=" + secretKey());
    }

    /** Writes its file, and the secret key into one beside it. */
    FolderAccount writeWithKeyFileTo(Path folder) {
        Path key = folder.resolve(name + ".skey");
        replace(key, secretKey() + "\n");
        return write(folder, "duo.skey-file=" + key);
    }

    /** Writes its file, which takes the secret key from a vault's answer {@link #inVault}. */
    FolderAccount writeWithVaultTo(Path folder) {
        return write(folder, "duo.skey={{aws:duo/" + name + "#skey}}");
    }

    /** What AWS Secrets Manager answers. */
    String inVault() {
        return "{\"Name\":\"duo/" + name + "\",\"SecretString\":\"{\\\"skey\\\":\\\"" + secretKey() + "\\\"}\"}";
    }

    private FolderAccount write(Path folder, String key) {
        replace(
                folder.resolve(name + ".properties"),
                "duo.api.host=" + apiHost + "\nduo.ikey=" + ikey + "\n" + key + "\n");
        return this;
    }

    /** Under another name first, and as if a while ago, so that nobody waits for more of it. */
    private static void replace(Path file, String text) {
        try {
            Path half = Files.writeString(file.resolveSibling("." + file.getFileName()), text);
            Files.setLastModifiedTime(half, FileTime.from(Instant.now().minusSeconds(60)));
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails unless the bucket has each event of both logs once, at the account's places. */
    void assertEveryEventOnce() {
        assertEveryEventOnce("telephony");
        assertEveryEventOnce("authentication");
    }

    /** The same for one log. */
    void assertEveryEventOnce(String log) {
        MemoryEventStore events = log.equals("telephony") ? telephony : authentication;
        Map<String, byte[]> objects = new TreeMap<>(world.everything());
        objects.keySet().removeIf(key -> !key.startsWith("duo-" + log + "/" + name + "/" + log + "_"));
        assertThat(World.lines(objects))
                .as(name + "/" + log)
                .containsExactlyInAnyOrderElementsOf(World.stored(log, events.events()).stream()
                        .map(line -> line.replace(World.API_HOST, apiHost))
                        .toList());
        assertThat(world.everything()).containsKey("duo-" + log + "-state/" + apiHost + ".json");
    }
}
