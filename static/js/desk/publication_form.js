// The scripts of the form of a publication, in this order: the keys of its bar come before those of the editor.

import "./autosave.js";
import "./form_bar.js";
import "./preview.js";
import "./chooser.js";
import "./tags.js";
import "./suggestions.js";
import "./text_editor.js";
