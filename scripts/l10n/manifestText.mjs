// What package.json says to people, each under a key of package.nls.json.

/** A key in the place of a text, as the editor reads it: %command.analyze.title%. */
const KEY = /^%([\w.-]+)%$/;

/**
 * Lists the texts of package.json that people read.
 * @returns for each its key, its text or %key%, and a function that puts another in its place
 */
export function manifestTexts(manifest) {
  const found = [];
  const add = (holder, property, key) => {
    if (typeof holder?.[property] !== 'string') return;
    found.push({ key, text: holder[property], put: (text) => (holder[property] = text) });
  };
  const { contributes, capabilities } = manifest;
  const short = (id) => id.replace(/^ridgeline[._]/, '');
  add(manifest, 'description', 'description');
  for (const [name, capability] of Object.entries(capabilities)) add(capability, 'description', `capability.${name}`);
  for (const command of contributes.commands) {
    add(command, 'title', `command.${short(command.command)}.title`);
    add(command, 'shortTitle', `command.${short(command.command)}.shortTitle`);
  }
  for (const submenu of contributes.submenus ?? []) add(submenu, 'label', `submenu.${short(submenu.id)}`);
  for (const view of Object.values(contributes.views).flat()) add(view, 'name', `view.${short(view.id)}`);
  contributes.viewsWelcome.forEach((view, index) => add(view, 'contents', `welcome.${short(view.view)}.${index}`));
  for (const editor of contributes.customEditors ?? []) {
    add(editor, 'displayName', `editor.${short(editor.viewType)}`);
  }
  for (const walkthrough of contributes.walkthroughs) {
    const at = `walkthrough.${walkthrough.id}`;
    add(walkthrough, 'title', `${at}.title`);
    add(walkthrough, 'description', `${at}.description`);
    for (const step of walkthrough.steps) {
      add(step, 'title', `${at}.${step.id}.title`);
      add(step, 'description', `${at}.${step.id}.description`);
      add(step.media, 'altText', `${at}.${step.id}.altText`);
    }
  }
  for (const [id, setting] of Object.entries(contributes.configuration.properties)) {
    add(setting, 'description', `setting.${short(id)}`);
    add(setting, 'markdownDescription', `setting.${short(id)}`);
  }
  // `modelDescription` speaks to a language model, in English.
  for (const tool of contributes.languageModelTools) {
    add(tool, 'displayName', `tool.${short(tool.name)}.displayName`);
    add(tool, 'userDescription', `tool.${short(tool.name)}.userDescription`);
  }
  return found;
}

/** @returns the key inside %…%, or undefined where `text` is a text itself */
export function keyIn(text) {
  return KEY.exec(text)?.[1];
}
