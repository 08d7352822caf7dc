// Package label draws what is printed for a parcel (面单): labels with their bar codes,
// pick lists and packing slips, as PDF.
//
// Owns: templates (模板) and their checks, the layout of text, Code128 and QR symbols,
// the font.
//
// Does not own: what stands on a label (packing), the platforms' own labels, which only
// their print components can draw, and the printing itself.
//
// Invariants: nothing a template asks to print whole is ever cut: it wraps, shrinks,
// and else the label is refused and the others go on; a character without a glyph is
// printed as 〓 and reported; the same labels give the same pages.
//
// Lengths are millimetres, type sizes points. The font is Noto Sans SC with the characters
// that only its sisters have (OFL.txt): rare ones of Noto Sans HK and JP, Latin and Cyrillic ones of
// Noto Sans. Layout tables are left out.
//
// Read next: label.go (what is printed), template.go (where), layout.go, pdf.go.
package label
