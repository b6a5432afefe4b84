// Where one is stands in the address, so that the phone's own way back works. Only ids, never names.
import { useEffect, useState } from "preact/hooks";

export const href = (...path: string[]): string => `#/${path.map(encodeURIComponent).join("/")}`;
export const go = (...path: string[]): void => void (location.hash = href(...path));
/** In place of the screen that is done with: the way back does not lead into a form that was sent. */
export const instead = (...path: string[]): void => location.replace(href(...path));

/** The same, unless the person has gone elsewhere meanwhile: saving never pulls her back. */
export const onward = (): ((...path: string[]) => void) => {
  const here = location.hash;
  return (...path) => void (location.hash === here && instead(...path));
};

const read = (): string[] => location.hash.replace(/^#\/?/, "").split("/").map((part) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
});

export function useRoute(): string[] {
  const [path, set] = useState(read);
  useEffect(() => {
    const heard = () => set(read());
    addEventListener("hashchange", heard);
    return () => removeEventListener("hashchange", heard);
  }, []);
  return path;
}
