// What the server's clock says, on a phone whose own clock may be wrong, and may be set right in the middle of a
// test. Nothing of the page is touched here, and everything it needs of the world can be replaced.
const PARTED = 2000; // ms by which the two clocks of a page may part; more, and it slept or its clock was set
const AGAIN = 30000; // ms after which the server is asked again where its hour is not sure
export const DAY = 24 * 3600000; // nobody sleeps that long over a test: its clock was set

// The answer's own hour, to the second.
async function ask() {
  const answer = await fetch("/api/v1/who/", { cache: "no-store", credentials: "same-origin" });
  return answer.ok ? Date.parse(answer.headers.get("Date")) : NaN;
}

// `offset`: server time minus the phone's, in ms; null where nobody knows it. `keep` is told of each new one.
// `sure`: it is the server's own word. `wall` can be set, `steady` cannot, but it stands still while the phone sleeps:
// an hour more may be sleep or a clock set forward, and only the server can tell.
export function serverClock({ offset, sure = true, keep, hour = ask, wall = () => Date.now(), steady = () => performance.now() }) {
  let last = { wall: wall(), steady: steady() };
  let asked = last.steady;

  async function measure() {
    asked = steady();
    const said = await hour().catch(() => NaN);
    if (!Number.isFinite(said)) return;
    offset = said - wall();
    sure = true;
    keep(offset);
  }

  function now() {
    const at = { wall: wall(), steady: steady() };
    const parted = at.wall - last.wall - (at.steady - last.steady);
    last = at;
    if (Math.abs(parted) > PARTED) {
      if (parted > 0 && parted <= DAY) sure = false;
      else if (offset !== null) { offset -= parted; keep(offset); }
      measure();
    } else if ((!sure || offset === null) && at.steady - asked > AGAIN) measure();
    return offset === null ? null : at.wall + offset;
  }

  return { now, measure, isSure: () => sure };
}
