// Every behaviour is a small module bound by data attributes; `enhance` runs again on what htmx swaps in.
import { theme } from "./behaviours/theme.js";
import { menus } from "./behaviours/menus.js";
import { drawer } from "./behaviours/drawer.js";
import { toasts } from "./behaviours/toasts.js";
import { dialogs } from "./behaviours/dialogs.js";
import { drafts } from "./behaviours/drafts.js";
import { comboboxes } from "./behaviours/combobox.js";
import { collapsed, filters } from "./behaviours/filters.js";
import { editors, toolbars } from "./behaviours/editors.js";
import { picks } from "./behaviours/picks.js";
import { selecting } from "./behaviours/selecting.js";
import { keys } from "./behaviours/keys.js";
import { announce } from "./behaviours/announce.js";
import { mentions } from "./behaviours/mentions.js";
import { clips } from "./behaviours/clips.js";
import { palette } from "./behaviours/palette.js";
import { files } from "./behaviours/files.js";
import { tabs } from "./behaviours/tabs.js";

for (const behaviour of [theme, menus, drawer, toasts, dialogs, comboboxes, filters, editors, selecting, picks, keys, announce, mentions, palette, files, tabs]) behaviour();
const enhance = (root) => { drafts(root); toolbars(root); clips(root); collapsed(root); };
enhance(document);
document.addEventListener("htmx:afterSettle", (event) => enhance(event.target));
