const FREE = 3;
const LONGEST = 300;
export const SHORTEST_PIN = 6;

/** Seconds to wait after so many wrong PINs in a row: none for three, then 1, 2, 4 … up to five minutes. */
export const waitAfter = (wrong: number): number => (wrong < FREE ? 0 : Math.min(LONGEST, 2 ** (wrong - FREE)));

/** Seconds still to wait. A clock set back makes nobody wait longer than the full wait. */
export const waitLeft = (wrong: number, lastAt: number, now: number): number => {
  const wait = waitAfter(wrong);
  const passed = (now - lastAt) / 1000;
  return Math.ceil(passed < 0 ? wait : Math.max(0, wait - passed));
};

/** Figures in a row or all alike are the first that anybody tries. */
export const isEasyPin = (pin: string): boolean => {
  const steps = new Set([...pin].slice(1).map((c, i) => c.charCodeAt(0) - pin.charCodeAt(i)));
  return steps.size <= 1 && [0, 1, -1].includes([...steps][0] ?? 0);
};
