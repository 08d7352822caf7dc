import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import zh from '@/locales/zh-CN'
import { readPref, writePref } from './prefs'

export const LANGUAGES = ['zh-CN', 'en-US'] as const
export type Language = (typeof LANGUAGES)[number]

function preferred(): Language {
  const saved = LANGUAGES.find((l) => l === readPref('language'))
  if (saved) return saved
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en-US'
}

// The first page's Chinese texts are bundled; those of the other pages come with whichever is opened first.
let whole = false

async function load(language: Language, all: boolean): Promise<void> {
  if (language === 'zh-CN') {
    if (!all || whole) return
    i18next.addResourceBundle(language, 'translation', (await import('@/locales/zh-CN/rest')).default, true)
    whole = true
  } else if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', (await import('@/locales/en-US')).default)
  }
}

/** Brings the texts of the pages beyond the first, in the language shown. */
export function loadTexts(): Promise<void> {
  return load(currentLanguage(), true)
}

/** Starts the texts in the remembered or the browser's language. What the first page needs in Chinese is bundled, the rest loads on demand. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zh } },
    interpolation: { escapeValue: false },
  })
  await setLanguage(preferred(), false)
}

export async function setLanguage(language: Language, remember = true): Promise<void> {
  // Whoever switches may have any page open.
  await load(language, remember)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  document.title = i18next.t('shell.brand')
  if (remember) writePref('language', language)
}

/** Runs when another language is chosen: what the server said in the old one is asked for anew. */
export function onLanguage(run: () => void): void {
  i18next.on('languageChanged', run)
}

export function currentLanguage(): Language {
  return LANGUAGES.find((l) => l === i18next.language) ?? 'zh-CN'
}

/** Marks a text key that travels as data, so that the check of texts sees it. */
export function textKey<K extends string>(key: K): K {
  return key
}
