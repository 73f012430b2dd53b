// The panel, beside an issue.

import "../../../assets/panel.css";
import { panel, refresh } from "../../../assets/panel.js";
import { start } from "./start.ts";

void start(panel, refresh);
