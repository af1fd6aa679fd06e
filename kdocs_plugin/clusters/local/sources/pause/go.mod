module kdocs/pause

go 1.26.0
