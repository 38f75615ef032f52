// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import dev.duocollector.route.World;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar's {@code run}, in an empty folder, told everything by the environment. */
class JarContractIT implements CollectorContract {

    @TempDir
    private Path folder;

    @Override
    public RunningCollector start(World world) {
        return CollectorJar.built().start(folder, CollectorJar.environment(world), "run");
    }
}
