// The scripts of the form of a publication, in this order: what stops the form comes first, and the keys of its bar
// before those of the editor.

import "./unfinished_fields.js";
import "./autosave.js";
import "./form_bar.js";
import "./preview.js";
import "./chooser.js";
import "./tags.js";
import "./suggestions.js";
import "./text_editor.js";
