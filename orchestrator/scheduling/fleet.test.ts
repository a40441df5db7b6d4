import { expect } from "chai";
import type { Announcement, Peers } from "../store/store.ts";
import { Fleet } from "./fleet.ts";
import { Sessions } from "./sessions.ts";

/** What orchestrators of one store hear of each other. */
function hearsay(): Peers {
  const all = new Map<string, Announcement>();
  return {
    async announce(id, announcement) {
      if (announcement) all.set(id, JSON.parse(JSON.stringify(announcement)) as Announcement);
      else all.delete(id);
      return [...all].filter(([other]) => other !== id).map(([, theirs]) => theirs);
    },
  };
}

describe("orchestrators", () => {
  let now: number;
  let peers: Peers;
  const begin = async () => {
    const fleet = new Fleet(peers, { now: () => now }, new Sessions());
    await fleet.announce();
    return fleet;
  };
  beforeEach(() => {
    now = 1_000;
    peers = hearsay();
  });

  it("tell each other since when the service was there, so that one that begins later finds no worker unheard", async () => {
    await using _first = await begin();
    now = 9_000;
    await using later = await begin();
    expect(later.servedSince()).to.equal(1_000);
  });
  it("hand on since when, so that it is known when the first of them has gone", async () => {
    const first = await begin();
    now = 9_000;
    await using later = await begin();
    now = 19_000;
    await later.announce();
    await first[Symbol.asyncDispose]();
    now = 20_000;
    await later.announce();
    await using last = await begin();
    expect([later.servedSince(), last.servedSince()]).to.deep.equal([1_000, 1_000]);
  });
  it("begin anew after all others died, though these are still heard for a moment", async () => {
    const dead = await begin();
    now = 9_000;
    await using only = await begin();
    now = 14_000;
    await dead[Symbol.asyncDispose]();
    await only.announce();
    now = 16_000;
    await only.announce();
    expect(only.servedSince()).to.equal(9_000);
  });
});
