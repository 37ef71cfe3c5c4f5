/** What stands in halls. */
import { stone } from "../materials/mineral.ts";
import { Draws } from "../draws.ts";
import { glow, metal, paint } from "../materials/furnishing.ts";
import { marble, wood } from "../materials/interior.ts";
import { plant } from "../objects/fittings.ts";
import { bench, chair, sofa } from "../objects/seating.ts";
import { cabinet, shelf } from "../objects/storage.ts";
import { table } from "../objects/tables.ts";
import { Room } from "./room.ts";

export function thing(room: Room, d: Draws, kind: string): void {
  const { b } = room;
  const against = d.chance("against", 0.5);
  const [w, deep] = [d.uniform("w", 0.8, 2.4), d.uniform("d", 0.5, 1.4)];
  const at = against ? room.against(d, w, deep + 0.1, 1.5) : room.free(d, w + 0.2, deep + 0.2);
  if (!at) return;
  b.object(kind === "industrial" ? "machine" : "exhibit", at, () => {
    const z = against ? -deep / 2 : 0;
    if (kind === "industrial") {
      const m = paint(d.of("m"));
      const h = d.uniform("h", 0.8, 2.2);
      b.box([0, -h / 2, z], [w, h, deep], m);
      b.box([w * 0.2, -h * 1.1, z], [w * 0.4, h * 0.3, deep * 0.6], metal(d.of("top")));
      b.cylinder([-w * 0.25, -h * 1.2, z], 0.08, h * 0.6, metal(d.of("pipe")));
      b.box(
        [0, -h * 0.6, z - deep / 2 - 0.02],
        [w * 0.5, h * 0.3, 0.04],
        d.chance("lit", 0.3) ? glow(0.5, 1) : metal(d.of("panel")),
        { shadow: false },
      );
      return;
    }
    switch (d.whole("kind", 0, 6)) {
      case 0:
        cabinet(b, d, { at: [0, 0, z + deep / 2], yaw: 0 }, w, d.uniform("h", 0.8, 1.3), deep);
        break;
      case 1:
        sofa(b, d, { at: [0, 0, z + 0.4], yaw: 0 }, w);
        break;
      case 2:
        table(b, d, { at: [0, 0, z], yaw: 0 }, w, deep, 0.75);
        chair(b, d, { at: [0, 0, z - deep / 2 - 0.1], yaw: Math.PI });
        break;
      case 3: {
        const m = d.pick("stone", [marble, stone, wood])(d.of("m"));
        b.box([0, -0.5, z], [0.6, 1, 0.6], m);
        b.ball([0, -1.35, z], [0.25, 0.38, 0.22], m);
        b.ball([0, -1.85, z], [0.14, 0.18, 0.15], m);
        break;
      }
      case 4:
        b.object(
          "plant",
          { at: [0, 0, z], yaw: 0 },
          () => plant(b, d, { at: [0, 0, 0], yaw: 0 }, d.uniform("tall", 1, 2.6)),
        );
        break;
      case 5:
        shelf(b, d, { at: [0, 0, z + 0.2], yaw: 0 }, w, d.uniform("sh", 1, 2.2));
        break;
      default:
        bench(b, d, { at: [0, 0, z + 0.2], yaw: 0 }, w);
    }
  });
}
