# cmake -DOUT=file.inc -DFILES=a.json,b.json -P EmbedArchs.cmake
# Writes one {name, json} initializer for each file.
string(REPLACE "," ";" FILES "${FILES}")
set(text "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} json)
  string(APPEND text "{\"${name}\", R\"json(${json})json\"},\n")
endforeach()
file(WRITE ${OUT} "${text}")
