/** How the program is being run. */

import * as pulumi from "@pulumi/pulumi";

/** Whether an engine runs it. Without one it is only rendered: nothing outside is asked, and no cluster is needed. */
export const hasEngine = (): boolean => pulumi.runtime.hasEngine();

/** Whether things are really made, in contrast to a preview or a rendering. */
export const isUpdate = (): boolean => hasEngine() && !pulumi.runtime.isDryRun();
