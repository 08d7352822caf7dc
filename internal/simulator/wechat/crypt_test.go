package wechat

import (
	"encoding/json"
	"os"
	"testing"
)

func TestMessagesAreEncryptedAndSignedAsTheVectorsSay(t *testing.T) {
	var v struct {
		Messages []struct {
			Name, Token, Timestamp, Nonce, Encrypt, Plaintext, Random16, AppID string
			Key                                                                string `json:"encoding_aes_key"`
			Signature                                                          string `json:"msg_signature"`
		} `json:"encrypted_messages"`
		Tencent []struct {
			Token, Timestamp, Nonce, Encrypt string
			Signature                        string `json:"msg_signature"`
		} `json:"published_by_tencent"`
		URL []struct{ Token, Timestamp, Nonce, Signature string } `json:"url_verification"`
	}
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Messages) != 3 || len(v.Tencent) != 1 || len(v.URL) != 1 {
		t.Fatal("vectors are missing")
	}
	for _, m := range v.Messages {
		got, err := encrypt(m.Key, m.AppID, []byte(m.Random16), []byte(m.Plaintext))
		if err != nil || got != m.Encrypt {
			t.Errorf("%s: %v\n%s\n%s", m.Name, err, got, m.Encrypt)
		}
		if s := signature(m.Token, m.Timestamp, m.Nonce, m.Encrypt); s != m.Signature {
			t.Errorf("%s: signature %s", m.Name, s)
		}
		if s := signature(m.Token, m.Timestamp, m.Nonce, m.Encrypt+"x"); s == m.Signature {
			t.Errorf("%s: a changed message has the same signature", m.Name)
		}
	}
	for _, m := range v.Tencent {
		if s := signature(m.Token, m.Timestamp, m.Nonce, m.Encrypt); s != m.Signature {
			t.Errorf("published: %s", s)
		}
	}
	for _, u := range v.URL {
		if s := signature(u.Token, u.Timestamp, u.Nonce); s != u.Signature {
			t.Errorf("echo: %s", s)
		}
	}
	if _, err := encrypt("short", "wx", make([]byte, 16), nil); err == nil {
		t.Error("a short key passed")
	}
}
