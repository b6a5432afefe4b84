// Every Vietnamese word of the app. The tone: a good commune officer at the counter (anh, chị; no vui lòng, no exclamation).
import type { AnswerResult, Consent, Result } from "./contract";
import { daysBetween, longDay, moment, shortDay, weekdayOf, type PlainDay } from "./domain/day";
import type { Why } from "./domain/plan";
import type { Left } from "./domain/leaving";
import type { VisitFault } from "./domain/visit";

export const RESULTS: Record<Result, string> = {
  able: "Bà con tự làm được", more: "Làm được, cần giúp thêm", not_yet: "Chưa làm được",
};
export const ANSWERS: Record<AnswerResult, string> = { done: "Đã giúp xong", more: "Đã giúp, cần thêm", cannot: "Chưa giúp được" };
export const CONSENTS: Record<Consent, string> = { yes: "Đồng ý", no: "Không đồng ý", unasked: "Chưa hỏi" };

/** What a household is called that did not agree to its name being written; the house calls it the same. */
export const nameless = (uid: string): string => `Hộ không ghi tên ${uid.replaceAll("-", "").slice(-4).toUpperCase()}`;

const BROWSERS: [RegExp, string][] = [
  [/coc_coc/i, "Cốc Cốc"], [/Edg/, "Edge"], [/SamsungBrowser/, "Samsung"], [/OPR|Opera/, "Opera"], [/Firefox|FxiOS/, "Firefox"], [/Chrome|CriOS/, "Chrome"], [/Safari/, "Safari"],
];
/** What kind of device it is, in a word for the commune's list of phones. */
export function deviceName(agent: string): string {
  const kind = /iPhone/.test(agent) ? "iPhone" : /iPad/.test(agent) ? "iPad" : /Android/.test(agent) ? (/Mobile/.test(agent) ? "Điện thoại Android" : "Máy tính bảng Android") : "Máy tính";
  const browser = BROWSERS.find(([mark]) => mark.test(agent))?.[1];
  return browser ? `${kind}, ${browser}` : kind;
}

const WEEKDAYS = ["Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];
export const weekday = (day: PlainDay): string => WEEKDAYS[weekdayOf(day)] ?? "";
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const and = (list: string[]): string => (list.length < 2 ? (list[0] ?? "") : `${list.slice(0, -1).join(", ")} và ${list.at(-1)}`);

export function dayInWords(day: PlainDay, today: PlainDay): string {
  const away = daysBetween(today, day);
  if (away === 0) return "hôm nay";
  if (away === 1) return "ngày mai";
  if (away === -1) return "hôm qua";
  if (away > 1 && away < 7) return `${weekday(day)} ${shortDay(day)}`;
  return day.slice(0, 4) === today.slice(0, 4) ? shortDay(day) : longDay(day);
}

export function why(reason: Why, topic: (code: string) => string, today: PlainDay): string {
  switch (reason.kind) {
    case "asked": return reason.text ? `Nhờ giúp: ${reason.text}` : "Đang nhờ tổ giúp";
    case "promised": return `Hẹn ${dayInWords(reason.on, today)}${reason.what ? `: ${reason.what}` : ""}`;
    case "campaign": return `${reason.title}: cần ${and(reason.topics.map(topic))}`;
    case "never": return "Tổ chưa đến lần nào";
    case "long": return `Lần gần nhất ${dayInWords(reason.on, today)}, đã ${daysBetween(reason.on, today)} ngày`;
  }
}

export const words = {
  app: "Đi hộ",
  brand: "Làng Số",
  back: "Quay lại",
  tabs: { today: "Hộ hôm nay", visit: "Ghi lượt", outbox: (n: number) => (n ? `Chưa gửi (${n})` : "Chưa gửi"), learn: "Học" },
  nav: "Các màn hình chính",
  settings: "Cài đặt",
  lockMine: "Khóa sổ của tôi",

  state: {
    away: (who: string, last: number | null) => ({ strong: "Đang không có mạng.", rest: `${who ? `${capital(who)} cứ` : "Cứ"} ghi, máy giữ hộ.${lastTime(last)}` }),
    strange: (last: number | null) => ({ strong: "Mạng này đòi đăng nhập.", rest: `Mở trình duyệt để vào mạng, hoặc tắt wifi dùng 3G. Mọi lượt vẫn nằm trên máy.${lastTime(last)}` }),
    busy: (last: number | null) => ({ strong: "Máy chủ của xã đang bận.", rest: `Máy này sẽ tự gửi lại.${lastTime(last)}` }),
    full: { strong: "Máy sắp hết chỗ chứa.", rest: "Chưa lưu được phần vừa ghi. Xóa bớt ảnh, phim trong máy rồi bấm Lưu lại; phần đang ghi vẫn ở trên màn hình." },
    unkept: { strong: "Chưa lưu được phần vừa ghi.", rest: "Phần ấy vẫn ở trên màn hình, bấm Lưu lại. Vẫn chưa được thì chép ra giấy, tải lại trang rồi ghi lại." },
    newVersion: { strong: "Có bản mới.", rest: "Lưu xong lượt đang ghi rồi bấm để cập nhật." },
    take: "Cập nhật",
  },
  broken: {
    "old-browser": "Trình duyệt này không khóa sổ được. Mở trang bằng địa chỉ bắt đầu bằng https, hoặc cập nhật Chrome, rồi vào lại.",
    "newer-tab": "Trang này vừa được cập nhật ở cửa sổ khác. Tải lại để dùng tiếp.",
    reload: "Tải lại",
    screen: "Màn hình này gặp lỗi. Những gì đã ghi vẫn còn trên máy.",
  },

  people: {
    title: "Sổ của ai?",
    none: "Máy này chưa có sổ nào.",
    noneHow: "Xin xã một mã ghi danh gồm 8 chữ và số, rồi bấm nút dưới đây. Lần đầu cần có mạng.",
    add: "Thêm người vào máy này",
    first: "Ghi danh",
    unsent: (n: number) => `${n} lượt chưa gửi`,
    allSent: "Đã gửi hết",
    own: "Mỗi người một sổ, một mã PIN. Không ai mở được sổ của người khác.",
  },
  pin: {
    title: (name: string) => `Sổ của ${name}`,
    label: "Mã PIN",
    open: "Mở sổ",
    wrong: "Mã PIN chưa đúng.",
    wait: (s: number) => `Đợi ${s} giây rồi thử lại. Sổ vẫn còn nguyên.`,
    opening: "Đang mở…",
    shut: "Chưa mở được sổ. Tải lại trang rồi thử lại; sổ vẫn còn nguyên. Vẫn chưa được thì xin xã mã ghi danh mới và chọn lại đúng mã PIN này.",
    forgot: "Quên mã PIN",
    forgotHow: (unsent: number) =>
      unsent
        ? `Không ai mở hộ được, kể cả xã. Xin xã mã ghi danh mới để lập sổ mới; ${unsent} lượt chưa gửi vẫn khóa trong máy, nhớ ra mã PIN thì mở lại được.`
        : "Không ai mở hộ được, kể cả xã. Xin xã mã ghi danh mới để lập sổ mới; các lượt đã gửi vẫn còn ở xã.",
  },
  enrol: {
    title: "Ghi danh",
    code: "Mã ghi danh xã cấp",
    codeHint: "8 chữ và số, ví dụ K7M2-P9QX. Mỗi mã dùng một lần.",
    codeBad: "Mã ghi danh có 8 chữ và số. Xem lại giấy hoặc tin nhắn của xã.",
    pin: "Chọn mã PIN",
    pinHint: "Từ 6 chữ số trở lên. Mã này mở sổ của riêng mình, xã không biết và không đặt lại được.",
    pinShort: "Mã PIN cần từ 6 chữ số trở lên.",
    pinEasy: "Mã PIN này dễ đoán. Đừng dùng dãy số liền nhau hay một số lặp lại.",
    again: "Ghi lại mã PIN",
    differs: "Hai lần ghi chưa giống nhau.",
    go: "Ghi danh",
    going: "Đang hỏi máy chủ của xã…",
    away: "Chưa tới được máy chủ của xã. Ghi danh cần có mạng; mã vẫn dùng được, có mạng thì bấm lại.",
    strange: "Mạng này đòi đăng nhập trước. Mở trình duyệt để vào mạng rồi bấm lại; mã vẫn dùng được.",
    busy: "Máy chủ của xã đang bận. Đợi một lát rồi bấm lại.",
    known: (name: string) => `Máy này đã có sổ của ${name}.`,
    oldPin: "Mã PIN cũ của sổ ấy",
    oldPinHint: "Mở đúng thì các lượt chưa gửi được giữ và gửi tiếp.",
    oldPinWrong: "Chưa đúng mã PIN cũ.",
    keep: "Mở sổ cũ, dùng tiếp",
    forgotOld: "Quên mã PIN cũ, lập sổ mới",
    full: "Máy hết chỗ chứa nên chưa lập được sổ. Xóa bớt ảnh, phim trong máy rồi xin xã mã mới.",
    forgotOldHow: "Sổ cũ vẫn khóa trong máy, không bị xóa.",
  },
  earlier: { left: (n: number) => `Còn ${n} bản đang ghi dở trùng với bản đang ghi trong sổ này. Lưu hoặc bỏ bản trong sổ này rồi lấy lại lần nữa.`, title: "Sổ cũ của mình vẫn khóa trong máy.", how: "Nhớ ra mã PIN cũ thì lấy lại được mọi lượt, ảnh và bản ghi dở.", take: "Lấy lại từ sổ cũ" },
  changePin: { title: "Đổi mã PIN", old: "Mã PIN đang dùng", pin: "Mã PIN mới", done: "Đã đổi mã PIN." },
  closed: {
    title: "Sổ đã khóa gửi",
    keeps: (n: number) => (n ? `${n} lượt chưa gửi vẫn nằm trong máy, không mất. Ghi danh lại bằng mã mới thì gửi tiếp được.` : "Không còn lượt nào chưa gửi."),
    memberLeft: "Mình đã thôi tổ. Thôi tổ rồi còn 30 ngày để gửi nốt những gì đã ghi; nay đã quá hạn nên máy này không gửi được nữa.",
    memberKeeps: (n: number) => (n ? `${n} lượt chưa gửi vẫn nằm trong máy, không mất. Báo xã để được nhận. Vào lại tổ thì xin mã mới rồi gửi tiếp.` : "Không còn lượt nào chưa gửi."),
    code: "Mã ghi danh mới",
    go: "Ghi danh lại",
    other: (name: string) => `Mã này cấp cho ${name}, không phải cho sổ này, và nay đã dùng rồi. Xin xã mã khác, khóa sổ này rồi bấm “Thêm người vào máy này”.`,
  },

  today: {
    title: "Hộ hôm nay",
    visited: (n: number, all: number) => ["Đã đến ", String(n), " trên ", String(all), " hộ."] as const,
    done: "Đã ghi",
    draft: "Đang ghi dở",
    other: "Đến hộ khác",
    gathering: "Buổi hướng dẫn",
    more: "Xem thêm hộ",
    reqTitle: "Yêu cầu giúp",
    forms: "Phiếu cần điền",
    allDone: (n: number) => `Đã đến đủ ${n} hộ hôm nay.`,
    nothing: "Chưa có hộ nào trong danh sách.",
    nothingHow: "Danh sách tải về khi có mạng. Vẫn thêm được hộ mới ngay bây giờ.",
    noVillage: "Máy không còn hộ nào.",
    noVillageHow: "Xã chưa giao thôn nào cho tổ, hoặc mình đã thôi tổ. Đã thôi tổ thì danh sách hộ rời máy, còn những gì đã ghi vẫn gửi nốt được trong 30 ngày.",
    onPhone: (n: number) => `Danh sách tự tính lại mỗi ngày. Trên máy có ${n} hộ, tìm và ghi được ngay.`,
    shared: (n: number) => `Máy này có ${n} người dùng.`,
    sharedHow: (who: string) => `Lượt của ${who || "mình"} chỉ ${who || "mình"} mở được. Trước khi đưa máy cho người khác, bấm “Khóa sổ của tôi”.`,
  },
  find: {
    title: "Tìm hộ", label: "Tên chủ hộ", hint: "Gõ không dấu cũng được.", none: (q: string) => `Không thấy hộ nào tên “${q}”.`,
    add: "Thêm hộ mới", pick: "Chọn hộ để ghi", drafts: "Đang ghi dở", count: (n: number, all: number) => `${n} trên ${all} hộ`,
    more: "Gõ thêm chữ để thu gọn danh sách.",
  },
  house: {
    last: (day: string, result: string) => `Lần gần nhất ${day}: ${result.toLowerCase()}.`, never: "Tổ chưa đến lần nào.",
    next: (day: string, what: string) => `Hẹn ${day}${what ? `: ${what}` : ""}.`,
    members: (n: number) => `${n} người`, needs: "Cần giúp", skills: "Đã có, đã biết", done: "Đã hướng dẫn", nothing: "chưa ghi",
    write: "Ghi lượt đến hộ này", edit: "Sửa thông tin hộ", form: (title: string) => `Điền phiếu: ${title}`, records: "Đã ghi trên máy này", gone: "Hộ không còn ở thôn",
    goneSure: "Ghi là hộ đã chuyển đi? Hộ rời danh sách sau khi xã nhận.", goneYes: "Hộ đã chuyển đi", consent: "Cho ghi tên, việc",
  },
  edit: {
    new: "Thêm hộ", old: "Sửa thông tin hộ", village: "Thôn", head: "Chủ hộ", headHint: "Ghi như trong sổ hộ khẩu, ví dụ Vàng Thị Dín.",
    members: "Số người trong hộ, nếu biết", skills: "Hộ đã có, đã biết gì?", needs: "Hộ cần giúp việc gì?",
    consent: "Chủ hộ đồng ý cho tổ ghi những điều này?", save: "Lưu hộ này", headMissing: "Ghi tên chủ hộ.", membersBad: "Số người từ 1 đến 99. Để trống nếu chưa biết.",
    noName: (name: string) => `Không ghi tên. Trong sổ, hộ này là “${name}”.`,
    same: "Chưa sửa gì.", villageMissing: "Chọn thôn.",
  },

  visit: {
    title: "Ghi lượt đến hộ", correct: "Sửa lượt đã ghi", drop: "Bỏ", topics: "Hôm nay giúp việc gì?", result: "Kết quả",
    note: "Ghi thêm, nếu cần", nextDay: "Hẹn lần sau", next: "Hẹn làm gì", nextHint: "Ví dụ: nộp bản khai sinh.",
    more: "Hẹn, ảnh, xác nhận", photo: "Chụp ảnh", photoMaking: "Đang giữ ảnh…", photos: "Ảnh", photoN: (n: number) => `Ảnh ${n}`, photoDrop: "Bỏ ảnh này",
    proof: "Chủ hộ xác nhận", none: "Không", code: "Mã hộ", sign: "Ký tên", codeLabel: "Mã trên thẻ của hộ",
    signHere: "Ký vào ô này bằng ngón tay", signAgain: "Ký lại", signDone: "Xong chữ ký", signKept: "Đã có chữ ký.",
    save: "Lưu lượt này", todayIs: (day: string) => `Hôm nay, ${day}`,
    fault: { topics: "Chọn ít nhất một việc.", result: "Chọn kết quả.", code: "Ghi mã của hộ.", sign: "Chưa có chữ ký. Nhờ chủ hộ ký vào ô rồi bấm “Xong chữ ký”, hoặc chọn “Không”.", note: "Ghi vì sao chưa giúp được, để xã tìm người khác giúp." } satisfies Record<VisitFault, string>,
    dropSure: (n: number) => `Bỏ bản nháp này? Đã ghi ${n} ô, bỏ rồi không lấy lại được.`, dropYes: "Bỏ bản nháp", keep: "Ghi tiếp",
    quick: { none: "Không hẹn", d3: "3 ngày nữa", w1: "Tuần sau", m1: "Tháng sau", other: "Ngày khác" },
    photoBad: "Không mở được ảnh này. Chụp lại.",
    script: "Cách hướng dẫn", asks: "Đang nhờ giúp:", answerToo: "Trả lời luôn", answerYes: "Lượt này trả lời yêu cầu giúp",
  },
  gathering: {
    title: "Buổi hướng dẫn", village: "Thôn", place: "Nơi làm", placeHint: "Ví dụ: nhà văn hóa thôn.", topics: "Hướng dẫn việc gì?",
    attended: "Bao nhiêu người dự?", note: "Ghi thêm, nếu cần", save: "Lưu buổi này",
    fault: { village: "Chọn thôn.", topics: "Chọn ít nhất một việc.", attended: "Ghi số người dự, từ 1 đến 2.000.", place: "Ghi nơi làm, ví dụ nhà văn hóa thôn." },
  },
  request: {
    title: "Trả lời yêu cầu giúp", result: "Kết quả", note: "Ghi thêm, nếu cần", save: "Lưu trả lời", due: (day: string) => `Cần giúp trước ${day}`, call: (phone: string) => `Gọi ${phone}`,
    fault: "Chọn kết quả.", visit: "Ghi lượt đến hộ này",
  },
  form: { title: "Phiếu", save: "Lưu phiếu này", add: "Thêm một dòng", remove: "Bỏ dòng này", more: (n: number) => `Còn ${n} ô cần xem lại.`, choose: "Chọn", nth: (n: number) => `Dòng ${n}`, bad: "Phiếu này cần bản ứng dụng mới hơn.", missing: "Máy này chưa có phiếu này, hoặc xã đã thôi dùng.", missingHow: "Có mạng thì mở “Chưa gửi”, bấm “Gửi ngay” để tải phiếu mới về, rồi mở lại. Vẫn chưa thấy thì hỏi xã.", place: "Lấy vị trí"},

  outbox: {
    title: "Chưa gửi và biên nhận", unsent: "lượt chưa gửi", safe: "Nằm trên máy này, không mất. Có mạng sẽ tự gửi.",
    none: "Đã gửi hết.", noneHow: "Lượt mới ghi sẽ nằm ở đây cho đến khi xã nhận.", send: "Gửi ngay", sending: "Đang gửi…",
    last: (ms: number | null) => (ms ? `Xã trả lời lần gần nhất: ${moment(ms)}.` : "Chưa liên lạc được với xã lần nào."),
    where: { unsent: "Chưa gửi", sent: "Đã gửi", held: "Đang chờ", look: "Cần xem lại", letGo: "Đã bỏ" },
    receipt: (code: string) => `Biên nhận ${code}`, handed: "Đã giao cho máy khác, đợi biên nhận.", photosLeft: (n: number) => `Còn ${n} ảnh chưa gửi.`,
    handover: "Chuyển sang máy khác", take: "Nhận gói của máy khác", colleagues: "Cả tổ", colleague: (n: number) => (n ? `${n} lượt chưa gửi` : "đã gửi hết"),
    spoke: (text: string) => `, gặp lần gần nhất ${text}`, neverSpoke: ", chưa gửi lần nào", earlier: "Xem cũ hơn",
    tries: "Xã chưa nhận được lượt này, máy sẽ thử lại riêng.", carried: "Gói chuyển giúp", carriedWait: "Đang giữ giúp, có mạng sẽ gửi.",
    drafts: "Đang ghi dở", draftDrop: "Bỏ bản này", draftDropSure: "Bỏ bản đang ghi dở này? Bỏ rồi không lấy lại được.",
    carriedDone: "Đã chuyển giúp.", drop: "Xóa khỏi danh sách",
  },
  record: {
    correct: "Sửa lượt này", letGo: "Bỏ lượt này", letGoSure: "Bỏ lượt này? Xã chưa nhận nên lượt sẽ không được tính.", letGoYes: "Bỏ hẳn",
    photosDrop: "Bỏ ảnh chưa gửi", photosDropSure: (n: number) => `Bỏ ${n} ảnh chưa gửi của lượt này? Lượt vẫn được tính.`, photosDropYes: "Bỏ ảnh",
    again: "Gửi thử lại", rewrite: "Ghi lại cho đúng", made: (text: string) => `Ghi lúc ${text}`, topics: "Việc", result: "Kết quả", note: "Ghi thêm", next: "Hẹn", proof: "Xác nhận",
    proofs: { none: "không có", code: "mã hộ", signature: "chữ ký", photo: "ảnh" }, correction: "Sửa lượt ghi trước", day: "Ngày", attended: "Số người dự", place: "Nơi làm",
  },
  kinds: { visit: "Lượt đến hộ", gathering: "Buổi hướng dẫn", household: "Thông tin hộ", answer: "Trả lời yêu cầu giúp", submission: "Phiếu" },

  handover: {
    title: "Chuyển sang máy khác",
    how: "Đóng các lượt chưa gửi thành một gói kín. Người cầm hộ không đọc được, chỉ gửi hộ. Lượt vẫn ở máy này, cho đến khi có biên nhận.",
    none: "Không còn lượt nào chưa gửi.", make: (n: number) => `Đóng gói ${n} lượt`, file: "Lưu thành tệp", share: "Gửi tệp qua ứng dụng khác", qr: "Cho máy kia quét",
    noPhotos: "Ảnh không đi theo gói, máy này gửi sau.", frame: (i: number, n: number) => `Mã ${i} trên ${n}`, stop: "Dừng", faster: "Nhanh hơn", slower: "Chậm hơn",
    made: (n: number) => `Gói có ${n} lượt.`, part: (i: number, n: number) => `Gói ${i} trên ${n}`, next: "Gói sau",
    takeTitle: "Nhận gói của máy khác", takeFile: "Chọn tệp .langso", takeCamera: "Quét bằng máy ảnh",
    noCamera: "Máy này không quét được mã. Nhận bằng tệp.", cameraOff: "Chưa mở được máy ảnh. Cho phép trang dùng máy ảnh, hoặc nhận bằng tệp.",
    got: (n: number) => (n ? `Đã nhận ${n} gói. Có mạng sẽ gửi hộ.` : "Gói này đã có trên máy."), notOurs: "Tệp này không phải gói của Làng Số.",
    scanning: (have: number, all: number) => (all ? `Đã quét ${have} trên ${all} mã` : "Đưa máy ảnh vào màn hình của máy kia"),
    qrAlt: "Mã QR của gói",
  },
  learn: {
    title: "Học", campaigns: "Chiến dịch đang làm", until: (day: string) => `đến ${day}`, steps: "Cách hướng dẫn", none: "Chưa có bài nào.",
    noneHow: "Kịch bản của chiến dịch tải về khi có mạng.", read: "Đọc to", stop: "Dừng đọc", noVoice: "Máy này chưa có giọng đọc tiếng Việt. Vào Cài đặt của điện thoại, phần Chuyển văn bản thành giọng nói, tải giọng tiếng Việt.",
    topics: "Các việc của chương trình",
  },
  settingsPage: {
    title: "Cài đặt", text: "Cỡ chữ", sizes: { vua: "Vừa", lon: "Lớn", "rat-lon": "Rất lớn" }, theme: "Nền", themes: { may: "Theo máy", sang: "Sáng", toi: "Tối" },
    lock: "Tự khóa sau", minutes: (n: number) => `${n} phút`, version: (v: string) => `Bản ${v}`, room: (used: string) => `Sổ trên máy này đang dùng ${used}.`,
    place: (team: string) => `${team}.`, leave: "Thôi dùng máy này", leaveHow: "Gửi hết, không còn gì ghi dở hay cần xem lại, mới thôi được. Sổ của mình trên máy này được xóa, dữ liệu đã gửi vẫn ở xã.",
    leaveNot: "Chưa thôi được. Những thứ này mới chỉ có trên máy:",
    left: ({ unsent, photos, look, drafts }: Left) => [
      unsent && `${unsent} lượt chưa gửi. Có mạng thì mở “Chưa gửi”, bấm “Gửi ngay”.`,
      photos && `${photos} ảnh chưa gửi xong. Để máy có mạng, bấm “Gửi ngay”.`,
      look && `${look} bản cần xem lại. Mở “Chưa gửi”, đọc lời xã, rồi sửa hoặc bỏ.`,
      drafts && `${drafts} bản đang ghi dở. Mở “Chưa gửi”, lưu lại hoặc bỏ.`,
    ].filter((line): line is string => !!line),
    toOutbox: "Mở Chưa gửi", leaveYes: "Thôi và xóa sổ", leaveAway: "Chưa báo được cho xã. Có mạng thì bấm lại.",
    kept: "Máy đã hứa giữ sổ, không tự dọn.", notKept: "Máy có thể dọn sổ khi hết chỗ. Thêm ứng dụng vào màn hình chính để được giữ.",
  },
  keptHere: (says: string) => `${says ? `${says} ` : ""}Xã không nhận được bản này sau ba lần gửi. Bản vẫn giữ trên máy; báo xã để được giúp.`,
  confirm: { no: "Thôi" },
  sent: (n: number) => `Đã gửi ${n} lượt.`,
};

function lastTime(ms: number | null): string {
  return ms ? ` Lần gửi trước: ${moment(ms)}.` : "";
}
