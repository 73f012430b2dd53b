// The settings page, for administrators.

import "../../../assets/panel.css";
import { refresh, settings } from "../../../assets/settings.js";
import { start } from "./start.ts";

void start(settings, refresh);
