import css from './catalog.module.css'

/** A product's picture, or an empty square where there is none. */
export function Thumb({ url, size = 36 }: { url: string; size?: number }) {
  if (!url) return <span className={css.noThumb} style={{ width: size, height: size }} aria-hidden />
  return <img className={css.thumb} src={url} alt="" width={size} height={size} loading="lazy" referrerPolicy="no-referrer" />
}
