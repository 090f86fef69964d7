// A server that greets whoever asks.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

func greeting(path string) string {
	name := strings.Trim(path, "/")
	if name == "" {
		name = "world"
	}
	return fmt.Sprintf("hello, %s, from user %d\n", name, os.Getuid())
}

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, greeting(r.URL.Path)) })
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
