// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package com.example;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.main.Main;

/** An application with a bean and settings of its own, and the routes that its arguments name. */
public final class ThirdParty {

    private ThirdParty() {}

    public static void main(String[] routes) throws Exception {
        Main main = new Main();
        main.setPropertyPlaceholderLocations(
                "file:collector.properties,classpath:application.properties,classpath:dev/duocollector/application.properties");
        main.bind("visitors", new AtomicInteger());
        main.configure().withRoutesIncludePattern(String.join(",", routes));
        main.run();
    }
}
