// An address of earlier reports: what stands behind its # is kept.
"use strict";
location.replace(document.currentScript.dataset.href + location.hash);
