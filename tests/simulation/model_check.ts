import type { OrgLog, World } from "./world.ts";
export async function checkModel(_world: World, _org: OrgLog): Promise<void> {}
