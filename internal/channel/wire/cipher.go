package wire

import "strings"

// Searchable takes apart a cipher text that its platform wrote between marks and closed
// with two of them: $a$b$1$$ is a and b. One of the two is what it can be searched with,
// which one the platform decides. ok is false for any other text, also for one closed
// with a single mark: that is how platforms write a text that cannot be searched.
func Searchable(text string, mark byte) (first, second string, ok bool) {
	m := string(mark)
	inner, opened := strings.CutPrefix(text, m)
	inner, closed := strings.CutSuffix(inner, m+m)
	parts := strings.Split(inner, m)
	if !opened || !closed || len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return "", "", false
	}
	return parts[0], parts[1], true
}
