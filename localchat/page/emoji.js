/** The emoji short codes that bots and people use most; an unknown code stays as it was written. */

import { table } from "./table.js";

const CODES = table({
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", clap: "👏", wave: "👋", pray: "🙏", muscle: "💪",
  ok_hand: "👌", raised_hands: "🙌", raised_hand: "✋", hand: "✋", point_up: "☝️", point_right: "👉",
  point_left: "👈", point_down: "👇", eyes: "👀", eye: "👁️", brain: "🧠", heart: "❤️", broken_heart: "💔",
  yellow_heart: "💛", green_heart: "💚", blue_heart: "💙", purple_heart: "💜", smile: "😄", smiley: "😃",
  grin: "😁", joy: "😂", laughing: "😆", slightly_smiling_face: "🙂", wink: "😉", blush: "😊", thinking_face: "🤔",
  neutral_face: "😐", confused: "😕", cry: "😢", sob: "😭", scream: "😱", rage: "😡", sweat_smile: "😅",
  sunglasses: "😎", tada: "🎉", confetti_ball: "🎊", fire: "🔥", sparkles: "✨", star: "⭐", zap: "⚡", boom: "💥",
  "100": "💯", rocket: "🚀", ship: "🚢", airplane: "✈️", car: "🚗", bulb: "💡", bug: "🐛", robot_face: "🤖",
  gear: "⚙️", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", key: "🔑", lock: "🔒", unlock: "🔓",
  closed_lock_with_key: "🔐", shield: "🛡️", bell: "🔔", no_bell: "🔕", loudspeaker: "📢", mega: "📣",
  inbox_tray: "📥", outbox_tray: "📤", email: "📧", envelope: "✉️", package: "📦", memo: "📝", pencil: "📝",
  pencil2: "✏️", clipboard: "📋", page_facing_up: "📄", file_folder: "📁", open_file_folder: "📂", books: "📚",
  book: "📖", bookmark: "🔖", link: "🔗", paperclip: "📎", pushpin: "📌", round_pushpin: "📍", scroll: "📜",
  calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️", clock: "🕰️", clock1: "🕐", clock3: "🕒", clock9: "🕘",
  alarm_clock: "⏰", stopwatch: "⏱️", timer_clock: "⏲️", hourglass: "⌛", hourglass_flowing_sand: "⏳", watch: "⌚",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", mag: "🔍", mag_right: "🔎",
  moneybag: "💰", dollar: "💵", credit_card: "💳", scales: "⚖️", balance_scale: "⚖️", trophy: "🏆", medal: "🏅",
  dart: "🎯", game_die: "🎲", gift: "🎁", art: "🎨", computer: "💻", desktop_computer: "🖥️", iphone: "📱",
  floppy_disk: "💾", file_cabinet: "🗄️", card_index_dividers: "🗂️", wastebasket: "🗑️", globe_with_meridians: "🌐",
  earth_africa: "🌍", house: "🏠", office: "🏢", busts_in_silhouette: "👥", bust_in_silhouette: "👤",
  speech_balloon: "💬", thought_balloon: "💭", white_check_mark: "✅", heavy_check_mark: "✔️",
  ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎", heavy_plus_sign: "➕",
  heavy_minus_sign: "➖", question: "❓", grey_question: "❔", exclamation: "❗", heavy_exclamation_mark: "❗",
  grey_exclamation: "❕", bangbang: "‼️", warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑",
  stop_sign: "🛑", rotating_light: "🚨", construction: "🚧", vertical_traffic_light: "🚦", information_source: "ℹ️",
  recycle: "♻️", repeat: "🔁", arrows_counterclockwise: "🔄", leftwards_arrow_with_hook: "↩️",
  arrow_right_hook: "↪️", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️",
  arrow_forward: "▶️", double_vertical_bar: "⏸️", black_square_for_stop: "⏹️", fast_forward: "⏩",
  red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢",
  large_blue_circle: "🔵", large_purple_circle: "🟣", white_circle: "⚪", black_circle: "⚫", radio_button: "🔘",
  large_red_square: "🟥", large_green_square: "🟩", large_yellow_square: "🟨", white_large_square: "⬜",
  black_large_square: "⬛", small_blue_diamond: "🔹", large_blue_diamond: "🔷", small_orange_diamond: "🔸",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", six: "6️⃣", seven: "7️⃣", eight: "8️⃣",
  nine: "9️⃣", zero: "0️⃣", keycap_ten: "🔟", a: "🅰️", b: "🅱️", new: "🆕", ok: "🆗", sos: "🆘", up: "🆙", cool: "🆒",
  coffee: "☕", beer: "🍺", pizza: "🍕", cake: "🍰", seedling: "🌱", palm_tree: "🌴", sunny: "☀️", cloud: "☁️",
  umbrella: "☔", snowflake: "❄️", zzz: "💤", test_tube: "🧪", microscope: "🔬", label: "🏷️", ticket: "🎫",
  chains: "⛓️", anchor: "⚓", checkered_flag: "🏁", triangular_flag_on_post: "🚩", writing_hand: "✍️",
});

/** The character for a short code such as "tada" or "wave::skin-tone-3", or null. */
export const emoji = (name) => CODES[name.split("::")[0]] ?? null;

/** The character for ":tada:", or the code itself when nobody knows it. */
export const emojiOrText = (code) => emoji(code.slice(1, -1)) ?? code;

/** What the reaction menu offers. */
export const QUICK_REACTIONS = ["+1", "white_check_mark", "eyes", "tada", "heart", "thinking_face", "x", "rocket"];
