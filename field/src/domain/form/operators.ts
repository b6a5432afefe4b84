/* The operators of expressions. Twin of langso/questionnaires/operators.py. Pure. */
import type { Expr } from "../form";
import { equal, matches, toDay, toNumber, toText, toTruth, type Pattern, type Worth } from "./worth";
import { Day, letters, trim } from "./written";

/** The place of a form that an expression is read at, and what it may ask there. */
export interface Here {
  readonly today: string;
  readonly position: number; // in its repeat, from 1
  question(name: string): Worth;
  self(): Worth;
  /** A column of the choice that is looked at. */
  column(name: string): string;
  /** All times of a repeat, or of a question inside it, that are visible. */
  all(name: string): Worth[];
}

const POWERS = [1, 10, 100, 1000, 10000, 100000, 1000000];
const words = (worth: Worth): string[] => toText(worth).split(" ").filter((w) => w !== "");

/** What an expression is worth there; only the arguments that are needed are computed. */
export function evaluate(expr: Expr, here: Here): Worth {
  if (expr === null) return "";
  if (typeof expr !== "object") return expr;
  const to = (i: number): Worth => evaluate(expr[i] as Expr, here);
  const number = (i: number): number => toNumber(to(i));
  switch (expr[0] as string) {
    case "q": return here.question(expr[1] as string);
    case "self": return here.self();
    case "col": return here.column(expr[1] as string);
    case "or": return expr.slice(1).some((_, i) => toTruth(to(i + 1)));
    case "and": return expr.slice(1).every((_, i) => toTruth(to(i + 1)));
    case "not": return !toTruth(to(1));
    case "=": return equal(to(1), to(2));
    case "!=": return !equal(to(1), to(2));
    case "<": return number(1) < number(2);
    case "<=": return number(1) <= number(2);
    case ">": return number(1) > number(2);
    case ">=": return number(1) >= number(2);
    case "+": return number(1) + number(2);
    case "-": return number(1) - number(2);
    case "*": return number(1) * number(2);
    case "div": return number(1) / number(2);
    case "mod": return number(1) % number(2);
    case "neg": return -number(1);
    case "selected": return words(to(1)).includes(trim(toText(to(2))));
    case "count-selected": return words(to(1)).length;
    case "count": return here.all((expr[1] as readonly string[])[1]!).length;
    case "sum":
    case "min":
    case "max": return gathered(expr, here, to);
    case "if": return toTruth(to(1)) ? to(2) : to(3);
    case "coalesce": {
      for (let i = 1; i < expr.length; i++) {
        const worth = to(i);
        if (worth instanceof Day || toText(worth) !== "") return worth;
      }
      return "";
    }
    case "concat": return expr.slice(1).map((_, i) => toText(to(i + 1))).join("");
    case "contains": return toText(to(1)).includes(toText(to(2)));
    case "starts-with": return toText(to(1)).startsWith(toText(to(2)));
    case "string-length": return letters(toText(to(1))).length;
    case "regex": return matches(toText(to(1)), expr[2] as Pattern);
    case "today": return new Day(here.today);
    case "date": return toDay(to(1));
    case "number": return number(1);
    case "string": return toText(to(1));
    case "boolean": return toTruth(to(1));
    case "int": return Math.trunc(number(1));
    case "round": {
      const n = number(1);
      const by = expr.length > 2 ? POWERS[number(2)] : 1;
      return by === undefined ? NaN : Math.floor(n * by + 0.5) / by;
    }
    case "position": return here.position;
    default: return "";
  }
}

function gathered(expr: readonly unknown[], here: Here, to: (i: number) => Worth): number {
  const first = expr[1];
  const isAll = Array.isArray(first) && first[0] === "all";
  const worths = isAll ? here.all((first as readonly string[])[1]!) : expr.slice(1).map((_, i) => to(i + 1));
  const numbers = worths.filter((w) => w instanceof Day || toText(w) !== "").map(toNumber);
  if (expr[0] === "sum") return numbers.reduce((a, b) => a + b, 0);
  if (numbers.length === 0 || numbers.some(Number.isNaN)) return NaN;
  return numbers.reduce((a, b) => (expr[0] === "min" ? (b < a ? b : a) : b > a ? b : a));
}
