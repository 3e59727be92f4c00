# cmake -DARCH=nncc-arch -DDOC=file.md -P UpdateTable.cmake
# Puts the table of fields between the two marks of a page.
execute_process(COMMAND ${ARCH} --table OUTPUT_VARIABLE table
                COMMAND_ERROR_IS_FATAL ANY)
file(READ ${DOC} text)
set(begin "<!-- fields: begin -->\n")
set(end "<!-- fields: end -->")
string(FIND "${text}" "${begin}" from)
string(FIND "${text}" "${end}" to)
if(from LESS 0 OR to LESS from)
  message(FATAL_ERROR "${DOC} lacks the marks of the table of fields")
endif()
string(LENGTH "${begin}" length)
math(EXPR from "${from} + ${length}")
string(SUBSTRING "${text}" 0 ${from} head)
string(SUBSTRING "${text}" ${to} -1 tail)
file(WRITE ${DOC} "${head}${table}${tail}")
